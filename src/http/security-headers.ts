/**
 * Headers of every response: browsers do not guess its type, show it in no frame, and send its URL to no other site
 * (https://owasp.org/www-project-secure-headers/).
 */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};
