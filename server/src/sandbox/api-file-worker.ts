import type { ApiDraft } from "../domain/api-draft.ts";
import type { ApiFileRequest, ApiRows } from "./api-file.ts";
import { readApiFile } from "./api-file-read.ts";
import { answerRequests } from "./worker-loop.ts";

// What the converters would print holds parts of users' files.
console.error = console.warn = () => undefined;

answerRequests<ApiFileRequest, ApiDraft, ApiRows>(readApiFile);
