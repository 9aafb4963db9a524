// The same module as for require(), so that both have the same classes.

import local from './index.js';

export const { start, AmazonMqLocalError } = local;
