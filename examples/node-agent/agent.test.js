// What the agent's traces are like: node --test
import { before, after, test } from 'node:test';
import OpenAI from 'openai';
import { instrument } from 'libphoenix/otel';
import { capture } from 'libphoenix/test';
import { ask } from './agent.js';
import { serve } from './model.js';

let model, client;

before(async () => {
  instrument({ modules: { openai: OpenAI } });
  model = await serve();
  client = new OpenAI({ apiKey: 'none', baseURL: model.baseURL });
});

after(() => model.close());

test('the agent asks, calls a tool, and asks again', async (t) => {
  const spans = capture(t);
  await ask(client, 'When is high water in Brest?');
  spans.tree(`
    agent
      llm
      tide
      llm`);
  spans.below("span_kind == 'TOOL'", "span_kind == 'AGENT'");
  spans.attributes("span_kind == 'TOOL'",
    { 'input.value': '{"place":"Brest"}' });
  spans.budget({ calls: 2, tokens: 61 });
  spans.lint();
});

test('its trace is the one that was agreed on', async (t) => {
  const spans = capture(t);
  await ask(client, 'When is high water in Brest?');
  spans.golden(new URL('agent.golden', import.meta.url),
    { masked: ['llm.invocation_parameters'] });
});
