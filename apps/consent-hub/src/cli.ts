#!/usr/bin/env node
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { runCommandLine } from './cli/run-command-line.js';

// What libraries log would mix with what a program reads.
Logger.overrideLogger(false);
process.exitCode = await runCommandLine(process.argv.slice(2), process);
