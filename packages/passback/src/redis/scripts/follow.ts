/** For scripts that follow adoptions. `columns` is what the keys of columns begin with. */
export const follow = `
-- The column that a resource's scores go to in place of this one: itself, unless another was adopted that is still there.
local function follow(columns, column)
  local at = column
  for _ = 1, 8 do
    local other = redis.call('HGET', columns .. at, 'replacedBy')
    if not other then break end
    at = other
  end
  if at ~= column and redis.call('HEXISTS', columns .. at, 'url') == 1 then return at end
  return column
end
`;
