/** The description of an API of orders, as an outside system would publish it. */
export const orderDesk = (url: string) => ({
  openapi: "3.1.0",
  info: { title: "Order desk", version: "1", description: "Orders of a ship chandler." },
  servers: [{ url: `${url}/v1` }],
  security: [{ key: [] }],
  paths: {
    "/orders": {
      get: {
        operationId: "listOrders",
        summary: "List orders",
        description: "The newest first.",
        parameters: [
          {
            name: "state",
            in: "query",
            schema: { type: "string", enum: ["placed", "packed", "sent"] },
            description: "Only orders in this state.",
          },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100, default: 20 } },
        ],
        responses: { "200": answers("The orders.", { type: "object", properties: { orders: { type: "array", items: ref("Order") } } }) },
      },
      post: {
        operationId: "placeOrder",
        summary: "Place an order",
        requestBody: { required: true, content: { "application/json": { schema: ref("NewOrder") } } },
        responses: { "201": answers("The order.", ref("Order")) },
      },
    },
    "/orders/{id}": {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      get: { operationId: "getOrder", summary: "Read an order", responses: { "200": answers("The order.", ref("Order")) } },
      delete: { operationId: "cancelOrder", summary: "Cancel an order", responses: { "204": { description: "It is cancelled." } } },
    },
    "/stock/{sku}": {
      get: {
        operationId: "getStock",
        summary: "How much is there",
        parameters: [{ name: "sku", in: "path", required: true, schema: { type: "string" } }],
        responses: {
          "200": answers("The stock.", { type: "object", properties: { sku: { type: "string" }, count: { type: "integer" } } }),
        },
      },
    },
  },
  webhooks: {
    orderSent: {
      post: {
        operationId: "orderSent",
        summary: "An order was sent",
        requestBody: { content: { "application/json": { schema: ref("Order") } } },
        responses: {},
      },
    },
  },
  components: {
    securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Api-Key" } },
    schemas: {
      NewOrder: {
        type: "object",
        required: ["lines"],
        properties: {
          lines: { type: "array", minItems: 1, items: ref("Line"), description: "What is ordered." },
          note: { type: ["string", "null"], maxLength: 200 },
          delivery: { oneOf: [ref("Parcel"), ref("Pickup")], description: "How it leaves." },
        },
      },
      Order: {
        type: "object",
        required: ["id", "state"],
        properties: {
          id: { type: "string" },
          state: { type: "string", enum: ["placed", "packed", "sent"] },
          total: { type: "number", minimum: 0 },
          lines: { type: "array", items: ref("Line") },
          placedAt: { type: "string", format: "date-time" },
          replaces: { ...ref("Order"), description: "The order that this one stands for." },
        },
      },
      Line: {
        type: "object",
        required: ["sku", "quantity"],
        properties: { sku: { type: "string" }, quantity: { type: "integer", minimum: 1 } },
      },
      Parcel: { type: "object", required: ["street", "city"], properties: { street: { type: "string" }, city: { type: "string" } } },
      Pickup: { type: "object", required: ["at"], properties: { at: { type: "string", format: "date-time" } } },
    },
  },
});

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const answers = (description: string, schema: object) => ({ description, content: { "application/json": { schema } } });
