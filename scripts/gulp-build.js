'use strict';

/**
 * The build of a package of n8n nodes, in the current folder: compile, then lay icons, codex files and output schemas
 * beside the code that names them. The gulpfile of each package calls it.
 */
const { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { execFileSync } = require('node:child_process');
const { dest, series, parallel, src } = require('gulp');

const { writeOutputSchemas } = require('./output-schemas.js');

/** @param {Array<() => Promise<unknown>>} afterCompile steps that change the compiled code */
function buildTasks(...afterCompile) {
	const clean = async () => rmSync('dist', { recursive: true, force: true });

	const compile = async () => {
		execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json'], { stdio: 'inherit' });
	};

	// The compiler indents by four spaces, a tenth of what people download. Inside a text of several lines they could mean
	// something, so such files stay as they are. It also marks each file as a converted module, which only default imports
	// ask for: nothing here has one.
	const slim = async () => {
		const files = readdirSync('dist', { recursive: true }).filter((file) => file.endsWith('.js'));
		for (const file of files.map((name) => join('dist', name))) {
			const code = readFileSync(file, 'utf8').replace('Object.defineProperty(exports, "__esModule", { value: true });\n', '');
			const hasIndentedText = /`[^`]*\n {4}[^`]*`/.test(code);
			writeFileSync(file, hasIndentedText ? code : code.replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)));
		}
	};

	const copyAssets = () =>
		src(['icons/*.svg', 'nodes/**/*.svg', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));

	const copyNotices = async () => {
		const notices = 'THIRD_PARTY_NOTICES.md';
		if (!existsSync(notices)) return;
		await new Promise((resolve, reject) => {
			src([notices], { encoding: false }).pipe(dest('dist')).on('finish', resolve).on('error', reject);
		});
	};

	const build = series(clean, compile, slim, parallel(...afterCompile, writeOutputSchemas, copyAssets, copyNotices));
	return { clean, build, default: build };
}

module.exports = { buildTasks };
