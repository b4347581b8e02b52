"""Drives the official Python clients, with their helpers, through a running proxy.

    python python_clients.py opensearch|elasticsearch URL INDEX

Expects the packages of requirements.txt beside this file. INDEX is one that splade-bridge set up, still empty. Prints
one JSON object with what the sparse searches found; any difference in the rest is an AssertionError.
"""

import importlib
import json
import sys
import uuid

BOOKS = [{"id": str(n), "title": f"book {n} 돌다리"} for n in range(250)]
RECORDS = [
    {"_id": "car", "text": "The car does not start when its battery is flat."},
    {"_id": "bread", "text": "Bread dough rises in a warm kitchen."},
    {"_id": "bridge", "text": "A stone bridge has carried carts for six hundred years."},
]
QUERY = {"splade": {"text": "why does my car not start"}}


def use_helpers(client, helpers, not_found):
    """Bulk, parallel bulk, scan and msearch, as against the engine itself."""
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


def use_sparse_search(client, helpers, index):
    """Documents that get their vectors on their way in, found by a sparse query in three ways."""
    helpers.bulk(client, ({"_index": index, **record} for record in RECORDS), refresh=True)
    searched = client.search(index=index, body={"query": QUERY})["hits"]["hits"]
    multiple = client.msearch(body=[{"index": index}, {"query": QUERY}])["responses"][0]["hits"]["hits"]
    scanned = helpers.scan(client, index=index, query={"query": QUERY}, preserve_order=True, size=1)
    return {
        "search": [hit["_id"] for hit in searched],
        "msearch": [hit["_id"] for hit in multiple],
        "scan": [hit["_id"] for hit in scanned],
    }


def main(kind, url, index):
    module = importlib.import_module("opensearchpy" if kind == "opensearch" else "elasticsearch")
    client = (module.OpenSearch if kind == "opensearch" else module.Elasticsearch)(url)
    helpers = importlib.import_module(f"{module.__name__}.helpers")
    use_helpers(client, helpers, module.NotFoundError)
    print(json.dumps(use_sparse_search(client, helpers, index)))


main(*sys.argv[1:])
