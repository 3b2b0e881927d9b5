// An agent: it asks a model, which may ask for the tide, until there is an
// answer. OpenTelemetry's API is all of tracing that it knows.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('node-agent');
const tools = [{ type: 'function', function: {
  name: 'tide', description: 'When the water is high',
  parameters: { type: 'object', properties: { place: { type: 'string' } } },
} }];

function traced(name, kind, attributes, body) {
  return tracer.startActiveSpan(name, { attributes: {
    'openinference.span.kind': kind, ...attributes } }, async (span) => {
    try {
      const output = await body();
      span.setAttribute('output.value', output);
      return output;
    } finally {
      span.end();
    }
  });
}

function callTool({ id, function: { name, arguments: given } }) {
  return traced(name, 'TOOL', { 'tool.name': name, 'input.value': given },
    async () => `high water at 14:20 in ${JSON.parse(given).place}`)
    .then((content) => ({ role: 'tool', tool_call_id: id, content }));
}

export function ask(client, question) {
  return traced('agent', 'AGENT', { 'input.value': question }, async () => {
    const messages = [{ role: 'user', content: question }];
    for (let turn = 0; turn < 5; turn += 1) {
      const { choices: [{ message }] } = await client.chat.completions.create(
        { model: 'gpt-4o-mini', messages, tools });
      if (!message.tool_calls?.length) return message.content;
      messages.push(message,
        ...await Promise.all(message.tool_calls.map(callTool)));
    }
    throw new Error('no answer after 5 turns');
  });
}
