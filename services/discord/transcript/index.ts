export { compareIds } from './collect';
export { fileName, type Download } from './attachments';
export { timeText, type Heading } from './heading';
export { renderHtml } from './html';
export { makeTranscript, type MadeTranscript } from './make';
export { renderText } from './text';
