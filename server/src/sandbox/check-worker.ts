import { type CheckedSchema, checkJsonSchemas, type SchemaCheck } from "./check.ts";
import { answerRequests } from "./worker-loop.ts";

answerRequests<SchemaCheck, CheckedSchema[]>(checkJsonSchemas);
