'use strict';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a number of them, or of a text such as 500ms, 10m, 1h30m or 7d. */
function milliseconds(time) {
  if (typeof time === 'number') return time;
  if (!/^(?:\d+(?:ms|[smhd]))+$/.test(time)) {
    throw new TypeError(`${time} is no time: give milliseconds, or a text such as 500ms, 10m, 1h30m or 7d.`);
  }
  return [...time.matchAll(/(\d+)(ms|[smhd])/g)].reduce((sum, [, count, unit]) => sum + count * UNITS[unit], 0);
}

module.exports = { milliseconds };
