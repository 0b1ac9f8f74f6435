/**
 * What browsers are told with every answer: to take its type as it is said, to show it in no frame, and to tell nobody
 * the address that they were at (https://owasp.org/www-project-secure-headers/).
 */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};
