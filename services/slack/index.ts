export { postOnce, type Notice, type NoticeEffects, type PostedNotice } from './post-once';
export { SLACK, SlackClient } from './client';
