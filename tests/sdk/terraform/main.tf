# Both engines, and all three data sources. What a test changes between two runs is a variable.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

variable "users" {
  type = map(object({
    password       = string
    groups         = optional(list(string))
    console_access = optional(bool)
  }))
}

variable "apply_immediately" {
  type    = bool
  default = true
}

variable "engine_version" {
  type    = string
  default = "5.18"
}

variable "host_instance_type" {
  type    = string
  default = "mq.m5.large"
}

variable "security_groups" {
  type    = list(string)
  default = ["sg-0123456789abcdef0"]
}

variable "advisories" {
  type    = bool
  default = true
}

variable "audit" {
  type    = bool
  default = false
}

variable "window" {
  type    = string
  default = "02:30"
}

variable "tags" {
  type    = map(string)
  default = { team = "shop" }
}

variable "consumer_timeout" {
  type    = number
  default = 1800000
}

resource "aws_mq_configuration" "activemq" {
  name           = "orders"
  description    = "advisories ${var.advisories}"
  engine_type    = "ActiveMQ"
  engine_version = "5.18"
  tags           = var.tags

  # As the service stores it, attributes sorted: the provider compares texts.
  data = <<-XML
    <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
    <broker advisorySupport="${var.advisories}" xmlns="http://activemq.apache.org/schema/core">
      <plugins>
        <forcePersistencyModeBrokerPlugin persistenceFlag="true"/>
      </plugins>
    </broker>
  XML
}

resource "aws_mq_configuration" "rabbitmq" {
  name           = "events"
  engine_type    = "RabbitMQ"
  engine_version = "3.13"

  data = <<-TEXT
    # Milliseconds.
    consumer_timeout = ${var.consumer_timeout}
  TEXT
}

resource "aws_mq_broker" "activemq" {
  broker_name                = "orders"
  engine_type                = "ActiveMQ"
  engine_version             = var.engine_version
  host_instance_type         = var.host_instance_type
  deployment_mode            = "ACTIVE_STANDBY_MULTI_AZ"
  storage_type               = "efs"
  authentication_strategy    = "simple"
  subnet_ids                 = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  security_groups            = var.security_groups
  auto_minor_version_upgrade = true
  apply_immediately          = var.apply_immediately
  tags                       = var.tags

  configuration {
    id       = aws_mq_configuration.activemq.id
    revision = aws_mq_configuration.activemq.latest_revision
  }

  logs {
    general = true
    audit   = var.audit
  }

  maintenance_window_start_time {
    day_of_week = "TUESDAY"
    time_of_day = var.window
    time_zone   = "CET"
  }

  dynamic "user" {
    for_each = var.users
    content {
      username       = user.key
      password       = user.value.password
      groups         = user.value.groups
      console_access = user.value.console_access
    }
  }
}

# What is left out here is the service's to choose.
resource "aws_mq_broker" "rabbitmq" {
  broker_name                = "events"
  engine_type                = "RabbitMQ"
  engine_version             = "3.13"
  host_instance_type         = "mq.m5.large"
  publicly_accessible        = true
  auto_minor_version_upgrade = true
  apply_immediately          = var.apply_immediately

  configuration {
    id       = aws_mq_configuration.rabbitmq.id
    revision = aws_mq_configuration.rabbitmq.latest_revision
  }

  logs {
    general = true
  }

  user {
    username = "admin"
    password = "a-long-password-1"
  }
}

data "aws_mq_broker" "by_id" {
  broker_id = aws_mq_broker.activemq.id
}

data "aws_mq_broker" "by_name" {
  broker_name = aws_mq_broker.rabbitmq.broker_name
}

data "aws_mq_broker_engine_types" "all" {}

data "aws_mq_broker_instance_type_offerings" "ebs" {
  engine_type        = "RABBITMQ"
  host_instance_type = "mq.m5.large"
  storage_type       = "EBS"
}

output "activemq" {
  value = aws_mq_broker.activemq.id
}

output "rabbitmq" {
  value = aws_mq_broker.rabbitmq.id
}

output "instances" {
  value = aws_mq_broker.activemq.instances
}

output "by_id" {
  value = data.aws_mq_broker.by_id
}

output "by_name" {
  value = data.aws_mq_broker.by_name
}

output "engines" {
  value = data.aws_mq_broker_engine_types.all.broker_engine_types
}

output "offerings" {
  value = data.aws_mq_broker_instance_type_offerings.ebs.broker_instance_options
}
