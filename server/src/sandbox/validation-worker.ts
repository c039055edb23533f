import { createValidators, type Validated, type Validation } from "./validators.ts";
import { answerRequests } from "./worker-loop.ts";

const { validate } = createValidators({ bytesMax: 16 * 1024 * 1024 });
answerRequests<Validation, Validated>(validate);
