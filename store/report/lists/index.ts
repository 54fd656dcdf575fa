import type { ReportList } from './list';

export const reportLists: readonly ReportList[] = [];
