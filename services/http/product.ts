/** This package, as its calls to others and the dashboard name it; as `package.json` has it. */
export const PRODUCT = {
  name: 'n8n-nodes-lifecycle',
  version: '0.1.0',
  url: 'https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle',
} as const;
