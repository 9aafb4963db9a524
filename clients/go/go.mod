module github.com/amazonmq-local/amazonmq-local/clients/go

go 1.21
