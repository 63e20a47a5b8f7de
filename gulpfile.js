'use strict';

const { rmSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const { dest, series, parallel, src } = require('gulp');
const { bundleVendor } = require('./scripts/bundle-vendor.js');

const clean = async () => rmSync('dist', { recursive: true, force: true });

const compile = async () => {
	execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json'], { stdio: 'inherit' });
};

/** Icons, codex files and output schemas lie beside the code that names them, in dist as in the sources. */
const copyAssets = () =>
	src(['icons/*.svg', 'nodes/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));

const copyNotices = () => src(['THIRD_PARTY_NOTICES.md'], { encoding: false, allowEmpty: true }).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, compile, parallel(bundleVendor, copyAssets, copyNotices));
exports.default = exports.build;
