'use strict';

const { bundleVendor } = require('./scripts/bundle-vendor.js');
const { buildTasks } = require('./scripts/gulp-build.js');

Object.assign(exports, buildTasks(bundleVendor));
