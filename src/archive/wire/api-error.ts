/** An error of the wire protocol: `__type` and further members of the JSON body, and the HTTP status. */
export class ApiError extends Error {
  constructor(
    readonly type: string,
    readonly status: number,
    message: string,
    readonly members: { readonly errorCode?: string; readonly canRetry?: boolean } = {},
  ) {
    super(message);
  }
}

/** InvalidInputException with one of the API's InvalidInputErrorCodes. */
export function createInvalidInputError(errorCode: string, message: string): ApiError {
  return new ApiError('InvalidInputException', 400, message, { errorCode, canRetry: false });
}

/** NoSuchEntityException with one of the API's NoSuchEntityErrorCodes. */
export function createNoSuchEntityError(errorCode: string, message: string): ApiError {
  return new ApiError('NoSuchEntityException', 400, message, { errorCode, canRetry: false });
}

/** AccessDeniedException with one of the API's AccessDeniedErrorCodes. */
export function createAccessDeniedError(errorCode: string, message: string): ApiError {
  return new ApiError('AccessDeniedException', 400, message, { errorCode, canRetry: false });
}

/** InternalException; `canRetry` where the same request may succeed a moment later. */
export function createInternalError(message: string, canRetry = false): ApiError {
  return new ApiError('InternalException', 500, message, { canRetry });
}

/** JSON that is broken, or whose types are not those of the operation's input. */
export function createSerializationError(message: string): ApiError {
  return new ApiError('SerializationException', 400, message);
}
