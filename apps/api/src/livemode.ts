let livemode = false;

/** Says once, at the start of a process, whether it moves real money. */
export function setLivemode(value: boolean): void {
  livemode = value;
}

/** Whether the payments of this deployment move real money, as every resource tells. */
export function isLivemode(): boolean {
  return livemode;
}
