// The event client for applications that report what their users do. n8n does not read this file: it loads the nodes and
// credentials named in package.json.
const { createLifecycleClient, lifecycle } = require('./dist/client');

exports.createLifecycleClient = createLifecycleClient;
exports.lifecycle = lifecycle;
