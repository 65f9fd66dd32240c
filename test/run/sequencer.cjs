// The longest files first, so that none of them runs alone at the end: where nothing ran before, jest
// knows no durations, and the longest files are not the biggest.
const { createRequire } = require('node:module');

const ownRequire = createRequire(require.resolve('jest'));
const { default: Sequencer } = createRequire(ownRequire.resolve('@jest/core'))(
  '@jest/test-sequencer',
);

const longest =
  /\/test\/(?:e2e\/(?:tutorial|query-plans|key-rotation|start|webhook-order|database-faults|operator-keys|callbacks-worker)|faults\/[\w-]+|schema\/plans\/[\w-]+|services\/swagger\.services)\.spec\.ts$/;

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => longest.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
