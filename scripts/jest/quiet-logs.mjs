// Nest prints to stdout in colours; a test that cares for a log line gives the app a logger of its own.
import { Logger } from '@nestjs/common';

Logger.overrideLogger(false);
