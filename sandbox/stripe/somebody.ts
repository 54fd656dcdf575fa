/** Who it is about when nobody is named. */
export const SOMEBODY = { email: 'rosa.keller@example.com', name: 'Rosa Keller' };
