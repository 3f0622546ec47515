-- The mix of bench/request-costs for wrk: a GET of each path behind "--", in turn. No answer is
-- looked at, since wrk reads them faster when no script does.
local asked = {}
local last = 0

function init(args)
  for _, path in ipairs(args) do -- the URL is args[0]
    asked[#asked + 1] = wrk.format("GET", path)
  end
end

function request()
  last = last % #asked + 1
  return asked[last]
end
