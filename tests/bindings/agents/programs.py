"""What a few lines with each library do, most as its documentation has it."""
import openai as openai_client

KEY = "none"
MODEL = "gpt-4o-mini"
QUESTION = [{"role": "user", "content": "When is high water at the mill?"}]
PARAMETERS = {"type": "object", "required": ["place"],
              "properties": {"place": {"type": "string"}}}
PICTURE = "data:image/png;base64,iVBORw0KGgo="
NOTES = ["The mill opens at seven.", "The ferry takes forty minutes."]


def get_tide(place: str) -> str:
    """Time of the next high water at a place."""
    return f"noon at the {place}"


def openai(url):
    """A tool round, a stream, an image, embeddings, a failure."""
    client = openai_client.OpenAI(base_url=f"{url}/v1", api_key=KEY,
                                  max_retries=0)
    tools = [{"type": "function", "function": {
        "name": "get_tide", "parameters": PARAMETERS}}]
    asked = list(QUESTION)
    answer = client.chat.completions.create(
        model=MODEL, messages=asked, tools=tools).choices[0].message
    asked += [answer.model_dump(exclude_none=True), {
        "role": "tool", "content": get_tide("mill"),
        "tool_call_id": answer.tool_calls[0].id}]
    client.chat.completions.create(model=MODEL, messages=asked, tools=tools)
    for _ in client.chat.completions.create(
            model=MODEL, messages=QUESTION, stream=True,
            stream_options={"include_usage": True}):
        pass
    client.chat.completions.create(model=MODEL, messages=[
        {"role": "user", "content": [
            {"type": "text", "text": "Which mill is this?"},
            {"type": "image_url", "image_url": {"url": PICTURE}}]}])
    client.embeddings.create(model="text-embedding-3-small", input=NOTES)
    try:
        client.chat.completions.create(model=MODEL, messages=[
            {"role": "user", "content": "[fail]"}])
    except openai_client.BadRequestError:
        pass


def anthropic(url):
    """A tool round, and a failure."""
    import anthropic as anthropic_client
    client = anthropic_client.Anthropic(base_url=url, api_key=KEY,
                                        max_retries=0)
    model = "claude-sonnet-4-5"
    tools = [{"name": "get_tide", "input_schema": PARAMETERS}]
    asked = list(QUESTION)
    answer = client.messages.create(model=model, max_tokens=100,
                                    messages=asked, tools=tools)
    call = answer.content[0]
    asked += [{"role": "assistant", "content": [call.model_dump(
        include={"type", "id", "name", "input"})]},
        {"role": "user", "content": [{
            "type": "tool_result", "tool_use_id": call.id,
            "content": get_tide("mill")}]}]
    client.messages.create(model=model, max_tokens=100, messages=asked,
                           tools=tools)
    try:
        client.messages.create(model=model, max_tokens=9, messages=[
            {"role": "user", "content": "[fail]"}])
    except anthropic_client.BadRequestError:
        pass


def langchain(url):
    """A retrieval chain, and an agent with a tool."""
    from langchain.agents import create_agent
    from langchain_core.documents import Document
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough
    from langchain_core.tools import tool
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings
    model = ChatOpenAI(model=MODEL, base_url=f"{url}/v1", api_key=KEY,
                       max_retries=0)
    store = InMemoryVectorStore(OpenAIEmbeddings(
        base_url=f"{url}/v1", api_key=KEY, check_embedding_ctx_length=False))
    store.add_documents([Document(note) for note in NOTES])
    notes = store.as_retriever(search_kwargs={"k": 1}) | (
        lambda found: found[0].page_content)
    prompt = ChatPromptTemplate.from_template("{notes}\n{question}")
    ({"notes": notes, "question": RunnablePassthrough()} | prompt | model |
     StrOutputParser()).invoke("When does the mill open?")
    create_agent(model, [tool(get_tide)]).invoke({"messages": QUESTION})


def llama_index(url):
    """A query over an index, and an agent with a tool."""
    import asyncio

    from llama_index.core import Document, MockEmbedding, VectorStoreIndex
    from llama_index.core.agent.workflow import FunctionAgent
    from llama_index.llms.openai import OpenAI
    model = OpenAI(model=MODEL, api_base=f"{url}/v1", api_key=KEY,
                   max_retries=0)
    index = VectorStoreIndex.from_documents(
        [Document(text=note) for note in NOTES],
        embed_model=MockEmbedding(3))
    index.as_query_engine(llm=model, similarity_top_k=1).query(
        "When does the mill open?")

    async def ask():
        await FunctionAgent(tools=[get_tide], llm=model).run(
            "When is high water?")
    asyncio.run(ask())
