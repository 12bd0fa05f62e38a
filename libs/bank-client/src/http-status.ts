/** Classes of RFC 9110 section 15, as far as they decide what may be concluded. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Too Many Requests and Service Unavailable: said instead of acting. */
export const isBusy = (status: number): boolean => status === 429 || status === 503;
