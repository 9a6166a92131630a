/** What a browser says of where a request comes from. */
export interface Origins {
  /** `Sec-Fetch-Site` (Fetch Metadata), which no page can set. */
  secFetchSite: string | undefined;
  /** `Origin` (RFC 6454), for browsers that do not send the former. */
  origin: string | undefined;
  /** The host that the request was sent to, with its port. */
  host: string | undefined;
}

/** Whether the request was made by a page of the service's own origin; what cannot be told is not. */
export function isFromOwnPage({ secFetchSite, origin, host }: Origins): boolean {
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin';
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}
