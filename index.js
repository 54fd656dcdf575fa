// n8n loads the nodes and credentials named in package.json; the package itself exports nothing yet.
module.exports = {};
