-- What wrk sends: wrk -s load.lua URL -- OPERATION BROKERS USERS ROUND; without them GET URL.
-- Brokers are b-00000 and up, their users user-000 and up. Reads pick at random; CreateUser goes round the brokers
-- with names that no other request of any round has.

local brokers, users, round
local sent = 0
local body = '{"consoleAccess":false,"groups":["admins"],"password":"correct-horse-12"}'
local after_get = " HTTP/1.1\r\nHost: localhost\r\n\r\n"
local after_post = " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " .. #body ..
    "\r\n\r\n" .. body

-- Put together by hand: wrk.format would make wrk the slower end.
local function broker(method, number)
    return method .. string.format(" /v1/brokers/b-%05d", number)
end

local requests = {
    DescribeUser = function()
        return broker("GET", math.random(0, brokers - 1)) ..
            string.format("/users/user-%03d", math.random(0, users - 1)) .. after_get
    end,
    ListUsers = function()
        return broker("GET", math.random(0, brokers - 1)) .. "/users" .. after_get
    end,
    ListBrokers = function()
        return "GET /v1/brokers" .. after_get
    end,
    DescribeBroker = function()
        return broker("GET", math.random(0, brokers - 1)) .. after_get
    end,
    CreateUser = function()
        local path = broker("POST", sent % brokers) .. string.format("/users/new-%d-%07d", round, sent)
        sent = sent + 1
        return path .. after_post
    end,
}

function init(args)
    if not args[1] then
        return
    end
    brokers, users, round = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
    math.randomseed(round + 1)
    request = requests[args[1]]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"us":%d,"bad_status":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,"p50_us":%d,"p99_us":%d}\n',
        summary.requests, summary.duration, errors.status, errors.connect, errors.read, errors.write, errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
