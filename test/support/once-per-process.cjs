// Loaded by Node itself and not by jest, so that all test files of a process find the same map.
module.exports = new Map();
