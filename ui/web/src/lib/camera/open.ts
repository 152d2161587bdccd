// Both kinds of camera. Nothing of them is loaded before somebody opens one.

export { nativeFeed } from './native';
export { webFeed, webSources } from './web';
