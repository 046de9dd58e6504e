const pattern = /^wh_([a-z0-9][a-z0-9-]{0,62})_([0-9a-f]{12})[0-9a-f]{20}$/;

/** The platform that a delivery id names, or undefined when it is not a delivery id. */
export function platformOfDelivery(deliveryId: string): string | undefined {
  return pattern.exec(deliveryId)?.[1];
}

/** When a delivery id was made, by Redis's clock; undefined when it is not a delivery id. */
export function bornAtOfDelivery(deliveryId: string): number | undefined {
  const hex = pattern.exec(deliveryId)?.[2];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

/** The id of one unmatched part of a delivery. */
export function unmatchedIdOf(deliveryId: string, index: number): string {
  return `${deliveryId}.${index}`;
}

/** Undefined when it is none. */
export function parseUnmatchedId(unmatchedId: string): { deliveryId: string; index: number } | undefined {
  const [, deliveryId = '', index] = /^(.*)\.(0|[1-9]\d{0,8})$/.exec(unmatchedId) ?? [];
  if (platformOfDelivery(deliveryId) === undefined) return undefined;
  return { deliveryId, index: Number(index) };
}
