# Kinds of brokers whose answers differ in what they show.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

resource "aws_mq_broker" "ldap" {
  broker_name                = "ldap"
  engine_type                = "ActiveMQ"
  engine_version             = "5.18"
  host_instance_type         = "mq.m5.large"
  storage_type               = "ebs"
  authentication_strategy    = "ldap"
  security_groups            = ["sg-0123456789abcdef0"]
  auto_minor_version_upgrade = true

  encryption_options {
    use_aws_owned_key = false
    kms_key_id        = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
  }

  ldap_server_metadata {
    hosts                    = ["ldap-1.example.com", "ldap-2.example.com"]
    role_base                = "role.base"
    role_name                = "role.name"
    role_search_matching     = "role.search.matching"
    role_search_subtree      = true
    service_account_password = "a-long-password-1"
    service_account_username = "cn=admin"
    user_base                = "user.base"
    user_role_name           = "user.role.name"
    user_search_matching     = "user.search.matching"
    user_search_subtree      = true
  }

  user {
    username = "admin"
    password = "a-long-password-1"
  }
}

# The zones, the subnets, the configuration and the window are the service's to choose.
resource "aws_mq_broker" "cluster" {
  broker_name                = "cluster"
  engine_type                = "RabbitMQ"
  engine_version             = "4.2"
  host_instance_type         = "mq.m7g.large"
  deployment_mode            = "CLUSTER_MULTI_AZ"
  security_groups            = ["sg-0123456789abcdef0"]
  auto_minor_version_upgrade = true

  user {
    username = "admin"
    password = "a-long-password-1"
  }
}

resource "aws_mq_broker" "public" {
  broker_name                = "public"
  engine_type                = "RabbitMQ"
  engine_version             = "4.2"
  host_instance_type         = "mq.m7g.medium"
  deployment_mode            = "CLUSTER_MULTI_AZ"
  publicly_accessible        = true
  auto_minor_version_upgrade = true

  user {
    username = "admin"
    password = "a-long-password-1"
  }
}

output "subnets" {
  value = { for name, broker in {
    ldap = aws_mq_broker.ldap, cluster = aws_mq_broker.cluster, public = aws_mq_broker.public
  } : name => length(broker.subnet_ids) }
}
