{
    "name": "Client Health: example",
    "summary": "A source of facts, a check and its indicator from outside",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Client Health contributors",
    "depends": ["client_health"],
    "data": ["visits.xml"],
}
