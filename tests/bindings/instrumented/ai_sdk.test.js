// The Vercel AI SDK against a model that is made up, under the assertions of
// libphoenix/test: its gen_ai spans become those of OpenInference in the store.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, isStepCount, registerTelemetry, tool } from 'ai';
import { capture } from 'libphoenix/test';
import { z } from 'zod';
import { serve } from './model.js';

const tide = tool({ description: 'When the water is high',
  inputSchema: z.object({ place: z.string() }),
  execute: async ({ place }) => `high water at 14:20 in ${place}` });

let served, model;

before(async () => {
  registerTelemetry(new OpenTelemetry());
  served = await serve();
  model = createOpenAI({ apiKey: 'none', baseURL: served.baseURL })
    .chat('gpt-4o-mini');
});

after(() => served.close());

test('an agent that calls a tool', async (t) => {
  const spans = capture(t);
  const { text } = await generateText({ model, tools: { tide },
    prompt: 'When is high water in Brest?', stopWhen: isStepCount(5) });
  assert.match(text, /14:20/);
  spans.tree(`
    agent
      "step 1"
        llm
        tool
      "step 2"
        llm`);
  spans.every("span_kind == 'LLM'", "llm.provider == 'openai'");
  spans.attributes("span_kind == 'LLM'", { 'llm.model_name': 'gpt-4o-mini' });
  spans.tokens({ filter: 'llm.token_count.prompt == 31', completion: 9 });
  spans.one("'tide' in name");
  spans.below("span_kind == 'TOOL'", "name == 'step 1'", { directly: true });
  spans.budget({ calls: 2, tokens: 61 });
  spans.none("status_code == 'ERROR'");
  spans.lint({ severity: 'error' });
  const findings = spans.findings();
  for (const finding of findings) t.diagnostic(String(finding));
  assert.deepStrictEqual(
    [...new Set(findings.map(({ rule }) => rule))].sort(),
    ['attribute-misplaced', 'gen-ai-required']);
});
