/**
 * In SQL: whether the customer with this id has the tier now, which is the parameter; everybody has, when that is null.
 * Looked up row by row where there are few, and hashed where there are many.
 */
export function hasTier(customerId: string, parameter: `$${number}`): string {
  return `(${parameter}::text is null or exists (
    select from lifecycle.customer holder where holder.id = ${customerId} and holder.tier = ${parameter}))`;
}
