'use strict';

const { buildTasks } = require('../../scripts/gulp-build.js');

Object.assign(exports, buildTasks());
