import type { DoubleContext } from '../double';
import type { FileAddresses } from './file-addresses';
import type { DiscordState } from './state';

/** What everything that happens in this Discord needs. */
export interface World {
  readonly state: DiscordState;
  readonly files: FileAddresses;
  readonly post: DoubleContext['post'];
  /** Tells whoever looks that the state has changed. */
  readonly changed: () => void;
}
