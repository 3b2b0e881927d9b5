// Runs the agent with its traces in traces.db, and shows the last of them.
// First: npm ci, and npm install what docs/node.md has packed.
import OpenAI from 'openai';
import { register } from 'libphoenix/otel';
import { ask } from './agent.js';
import { serve } from './model.js';

const phoenix = register({ store: 'traces.db', project: 'tides',
  modules: { openai: OpenAI } });
const model = await serve();
const client = new OpenAI({ apiKey: 'none', baseURL: model.baseURL });

console.log(await ask(client, 'When is high water in Brest?'));
await phoenix.forceFlush();
console.log(phoenix.store.traces().first().tree());

model.close();
await phoenix.shutdown();
