import { type CheckedSchema, checkSchemas, type SchemaCheck } from "./check.ts";
import { answerRequests } from "./worker-loop.ts";

answerRequests<SchemaCheck, CheckedSchema[]>(checkSchemas);
