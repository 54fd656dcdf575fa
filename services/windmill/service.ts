export const WINDMILL = 'Windmill';
