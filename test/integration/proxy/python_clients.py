"""Drives the official Python clients, with their helpers, through a running proxy.

    pip install "elasticsearch>=8,<9" opensearch-py
    splade-bridge proxy --upstream URL --listen 127.0.0.1:9300 --no-rewrite &
    python python_clients.py opensearch|elasticsearch http://127.0.0.1:9300

Last run with elasticsearch 8.19 and opensearch-py 3 (see docs/proxy.md). Prints "ok"; any difference is an
AssertionError.
"""

import importlib
import sys
import uuid

BOOKS = [{"id": str(n), "title": f"book {n} 돌다리"} for n in range(250)]


def work(client, helpers, not_found):
    index = f"books-{uuid.uuid4().hex[:8]}"
    try:
        actions = ({"_index": index, "_id": book["id"], "_source": book} for book in BOOKS)
        written, failed = helpers.bulk(client, actions, chunk_size=50, refresh=True)
        assert (written, failed) == (250, []), (written, failed)

        parallel = helpers.parallel_bulk(
            client, ({"_index": index, "_id": "p" + book["id"], "_source": book} for book in BOOKS), thread_count=4
        )
        assert sum(ok for ok, _ in parallel) == 250
        client.indices.refresh(index=index)

        ids = {hit["_id"] for hit in helpers.scan(client, index=index, size=100)}
        assert len(ids) == 500, len(ids)

        searches = []
        for number in (3, 4):
            searches += [{"index": index}, {"query": {"match": {"title": str(number)}}, "size": 1}]
        answers = client.msearch(body=searches)["responses"]
        assert [answer["hits"]["total"]["value"] for answer in answers] == [2, 2], answers

        try:
            client.get(index=index, id="none")
            raise AssertionError("a document that is not there was found")
        except not_found:
            pass
        assert client.count(index=index, body={"query": {"match": {"title": "돌다리"}}})["count"] == 500
    finally:
        client.indices.delete(index=index)


def main(kind, url):
    module = importlib.import_module("opensearchpy" if kind == "opensearch" else "elasticsearch")
    client = (module.OpenSearch if kind == "opensearch" else module.Elasticsearch)(url)
    helpers = importlib.import_module(f"{module.__name__}.helpers")
    work(client, helpers, module.NotFoundError)
    print("ok", module.__name__, ".".join(map(str, module.__version__)) if isinstance(module.__version__, tuple) else module.__version__)


main(*sys.argv[1:])
