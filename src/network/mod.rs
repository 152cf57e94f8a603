//! What NetworkPolicies mean: which connections the finished objects of a cluster allow.
