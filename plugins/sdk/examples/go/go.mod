module benchhost-nethttp

go 1.19
