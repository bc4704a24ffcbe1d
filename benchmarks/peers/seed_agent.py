# fmt: off
# ruff: noqa
# mypy: ignore-errors
"""The plain way to build the FAQ agent, as tutorials do: everything is made at import.

Kept as it was written but for three things: where the FAQ file is (FAQ_CSV), where the weights are
(MODEL_FOLDER, because nothing is downloaded here), and the port to serve on.
"""

import os
from typing import Annotated

from bedrock_agentcore import BedrockAgentCoreApp
from langchain_groq import ChatGroq
from langchain_community.document_loaders.csv_loader import CSVLoader
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from langchain_community.vectorstores import FAISS
from langgraph.graph import StateGraph, MessagesState, START
from langgraph.prebuilt import ToolNode, tools_condition
from langchain_core.tools import tool

# Initialize BedrockAgentCoreApp
app = BedrockAgentCoreApp()

# Load FAQ data from CSV
loader = CSVLoader(
    file_path=os.environ["FAQ_CSV"],
    encoding="utf-8",
    csv_args={"delimiter": ","}
)
data = loader.load()

# Split text into chunks
text_splitter = RecursiveCharacterTextSplitter(
    chunk_size=500,
    chunk_overlap=0
)
docs = text_splitter.split_documents(data)

# Create embeddings and vector store
embeddings = HuggingFaceEmbeddings(
    model_name=os.environ["MODEL_FOLDER"]
)
vectordb = FAISS.from_documents(docs, embeddings)

# Define tools for FAQ search
@tool
def search_faq(query: Annotated[str, "The search query to find relevant FAQs"]) -> str:
    """Search the FAQ knowledge base for relevant information."""
    results = vectordb.similarity_search(query, k=3)
    return "\n\n".join([doc.page_content for doc in results])

@tool
def search_detailed_faq(
    query: Annotated[str, "The search query"],
    num_results: Annotated[int, "Number of results to return"] = 5
) -> str:
    """Search the FAQ knowledge base with more comprehensive results."""
    results = vectordb.similarity_search(query, k=num_results)
    return "\n\n".join([doc.page_content for doc in results])

@tool
def reformulate_query(
    original_query: Annotated[str, "The original user query"],
    focus_aspect: Annotated[str, "The specific aspect to focus on"]
) -> str:
    """Reformulate the query with a specific focus and search the FAQ."""
    reformulated = f"{original_query} {focus_aspect}"
    results = vectordb.similarity_search(reformulated, k=3)
    return "\n\n".join([doc.page_content for doc in results])

# Initialize LLM
tools = [search_faq, search_detailed_faq, reformulate_query]
llm = ChatGroq(
    api_key=os.environ["GROQ_API_KEY"],
    model="openai/gpt-oss-20b",
    temperature=0
)
llm_with_tools = llm.bind_tools(tools)

# Define system prompt
sys_msg = """You are a helpful customer service agent for Lauki, a telecommunications company.
Your role is to answer questions about Lauki's services using the FAQ knowledge base.

Guidelines:
1. Always search the FAQ database before answering
2. If information is not in the FAQ, say so politely
3. Be concise but complete in your answers
4. Use multiple search strategies if the first search doesn't yield good results
5. Format your responses clearly with bullet points when appropriate

Remember: You have access to search_faq, search_detailed_faq, and reformulate_query tools."""

# Define agent logic
def assistant(state: MessagesState):
    return {"messages": [llm_with_tools.invoke([{"role": "system", "content": sys_msg}] + state["messages"])]}

# Build agent graph
builder = StateGraph(MessagesState)
builder.add_node("assistant", assistant)
builder.add_node("tools", ToolNode(tools))
builder.add_edge(START, "assistant")
builder.add_conditional_edges("assistant", tools_condition)
builder.add_edge("tools", "assistant")
agent = builder.compile()

# Define AgentCore entrypoint
@app.entrypoint
def agent_invocation(payload, context):
    query = payload.get("prompt", "No prompt found in input")
    actor_id = payload.get("actor_id", "default-user")
    thread_id = payload.get("thread_id", "default-session")

    # Invoke agent
    result = agent.invoke({"messages": [("human", query)]})

    # Extract response
    response_text = result['messages'][-1].content

    # Return formatted response
    return {
        "result": response_text,
        "actor_id": actor_id,
        "thread_id": thread_id
    }

if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
