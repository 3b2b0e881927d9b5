// A model that always says the same: it asks for the tide, then tells it.
import http from 'node:http';

const QUESTION = { role: 'assistant', content: null, tool_calls: [{
  id: 'call_1', type: 'function',
  function: { name: 'tide', arguments: '{"place":"Brest"}' } }] };

function reply({ role, content }) {
  const isTold = role === 'tool';
  return {
    id: 'chatcmpl-1', object: 'chat.completion', created: 1760000000,
    model: 'gpt-4o-mini', usage: { prompt_tokens: isTold ? 31 : 12,
      completion_tokens: 9, total_tokens: isTold ? 40 : 21 },
    choices: [{ index: 0, finish_reason: isTold ? 'stop' : 'tool_calls',
      message: isTold ? { role: 'assistant', content: `There is ${content}.` }
        : QUESTION }],
  };
}

/** Its address, until close(). */
export async function serve() {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(reply(JSON.parse(body).messages.at(-1))));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseURL: `http://127.0.0.1:${server.address().port}/v1`,
    close: () => server.close() };
}
