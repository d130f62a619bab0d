{
    "name": "Client Health: quotations",
    "summary": "A quotation says when its client is in trouble, or has left",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Client Health contributors",
    "depends": ["client_health", "sale"],
    "data": ["views/product_template_views.xml", "views/sale_order_views.xml"],
    "assets": {
        "web.assets_tests": ["client_health_sale/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
