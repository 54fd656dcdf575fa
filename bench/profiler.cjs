// Loaded into n8n by `npm run bench -- profile`: SIGUSR2 starts and ends a CPU profile of this process.
'use strict';
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');

const file = process.env.LIFECYCLE_BENCH_PROFILE;
const session = new Session();
let isRunning = false;

process.on('SIGUSR2', () => {
  if (!isRunning) {
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 500 });
    session.post('Profiler.start');
    isRunning = true;
    return;
  }
  isRunning = false;
  session.post('Profiler.stop', (error, result) => {
    if (error) throw error;
    writeFileSync(file, JSON.stringify(result.profile));
    session.disconnect();
  });
});
