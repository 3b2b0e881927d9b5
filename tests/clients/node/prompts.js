/*
 * Prompts by Phoenix's client for TypeScript: prints {method: what is wrong, or
 * null} as JSON.
 *
 *     prompts.js URL
 */
import assert from "node:assert/strict";
import { createClient } from "@arizeai/phoenix-client";
import {
  createPrompt,
  getPrompt,
  promptVersion,
  toSDK,
} from "@arizeai/phoenix-client/prompts";

const client = createClient({ options: { baseUrl: process.argv[2] } });

const make = () =>
  createPrompt({
    client,
    name: "node",
    description: "says hello",
    version: promptVersion({
      modelProvider: "OPENAI",
      modelName: "small",
      template: [{ role: "user", content: "Hi {{who}}" }],
      invocationParameters: { temperature: 0.5 },
    }),
  });

const methods = {
  async createPrompt() {
    const made = await make();
    assert.deepEqual(
      await getPrompt({ client, prompt: { versionId: made.id } }),
      made,
    );
  },
  async getPrompt() {
    const made = await make();
    assert.deepEqual(await getPrompt({ client, prompt: { name: "node" } }), made);
  },
  async toSDK() {
    const prompt = await make();
    const filled = toSDK({ sdk: "openai", prompt, variables: { who: "Ann" } });
    assert.deepEqual(JSON.parse(JSON.stringify(filled)), {
      model: "small",
      temperature: 0.5,
      messages: [{ role: "user", content: "Hi Ann" }],
    });
  },
};

const wrong = {};
for (const [name, method] of Object.entries(methods)) {
  try {
    await method();
    wrong[`node.${name}`] = null;
  } catch (why) {
    wrong[`node.${name}`] = String(why);
  }
}
console.log(JSON.stringify(wrong));
